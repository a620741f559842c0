/* The service worker: shows pushed pages, opens what they are about, and keeps the shell of the interface, so that the
   phone shows "cannot be reached" in our words when there is no network. It never keeps data: stale is not shown as fresh. */
const SHELL = "tocsin-shell-1";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(["/", "/icon.svg"]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/assets/")) {
    event.respondWith(
      caches.open(SHELL).then(async (cache) => {
        const kept = await cache.match(request);
        if (kept) return kept;
        const fresh = await fetch(request);
        if (fresh.ok) await cache.put(request, fresh.clone());
        return fresh;
      }),
    );
  } else if (
    request.mode === "navigate" &&
    !/^\/(api|a|login|logout|setup|plain|static|ical|in)(\/|$)/.test(url.pathname)
  ) {
    event.respondWith(
      fetch(request)
        .then(async (fresh) => {
          if (fresh.ok) await (await caches.open(SHELL)).put("/", fresh.clone());
          return fresh;
        })
        .catch(async () => (await caches.match("/")) ?? Response.error()),
    );
  }
});

self.addEventListener("push", (event) => {
  let page = {};
  try {
    page = event.data?.json() ?? {};
  } catch {
    page = { body: event.data?.text() };
  }
  event.waitUntil(
    self.registration.showNotification(page.title ?? "Tocsin", {
      body: page.body ?? "",
      tag: page.tag ?? page.id,
      renotify: Boolean(page.tag),
      requireInteraction: true,
      icon: "/icon-192.png",
      badge: "/icon-192.png",
      data: { url: page.url ?? "/" },
    }),
  );
});

/* A window that shows the incident already comes to the front: what is half typed in it stays. Else one is opened. */
self.addEventListener("notificationclick", (event) => {
  const { data, tag } = event.notification;
  event.notification.close();
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((windows) => {
      const there = windows.find((one) => tag && new URL(one.url).pathname === `/incidents/${tag}`);
      return there ? there.focus() : self.clients.openWindow(data?.url ?? "/");
    }),
  );
});
