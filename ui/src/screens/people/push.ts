/** This browser as a contact point: permission, service worker, subscription. */
import { get, post, type Schemas } from "../../api/client";
import { i18n } from "../../i18n";

export type Hindrance = "unsupported" | "insecure" | "denied" | "";

/** Why this browser cannot be reached by push; empty when it can. */
export function hindrance(): Hindrance {
  if (!window.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window))
    return "unsupported";
  return Notification.permission === "denied" ? "denied" : "";
}

export function hindranceWords(why: Hindrance): string {
  switch (why) {
    case "insecure":
      return i18n.t("Browsers take push only over HTTPS. Open Tocsin by an https address.");
    case "denied":
      return i18n.t(
        "Notifications of this site are blocked. Allow them in the browser's site settings, then try again.",
      );
    case "unsupported":
      return i18n.t("This browser knows no push. On an iPhone, first add Tocsin to the home screen.");
    default:
      return "";
  }
}

/** The key a browser subscribes to, from base64url. */
export function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** A name for this browser: `Firefox on Linux`. */
export function browserName(agent = navigator.userAgent): string {
  const browser = /Edg\//.test(agent)
    ? "Edge"
    : /Firefox\//.test(agent)
      ? "Firefox"
      : /Chrome\//.test(agent)
        ? "Chrome"
        : /Safari\//.test(agent)
          ? "Safari"
          : "Browser";
  const system = /Android/.test(agent)
    ? "Android"
    : /iPhone|iPad/.test(agent)
      ? "iOS"
      : /Windows/.test(agent)
        ? "Windows"
        : /Mac OS/.test(agent)
          ? "macOS"
          : "Linux";
  return i18n.t("{browser} on {system}", { browser, system });
}

/** Ask the person, subscribe, and tell the server. Raises Problem, or what the browser raised. */
export async function addThisBrowser(user: string, label: string): Promise<Schemas["ContactShown"]> {
  if ((await Notification.requestPermission()) !== "granted") throw new Error(hindranceWords("denied"));
  const { public_key: key } = await get("/api/v1/webpush/key");
  await navigator.serviceWorker.register("/sw.js");
  const worker = await navigator.serviceWorker.ready;
  const old = await worker.pushManager.getSubscription();
  await old?.unsubscribe();
  const subscription = await worker.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(key),
  });
  return post("/api/v1/users/{user_id}/contacts", {
    path: { user_id: user },
    body: { channel: "webpush", address: "", label, subscription: subscription.toJSON() as never },
  });
}
