/**
 * The one way to the server, typed by its OpenAPI document (`make api` writes schema.d.ts): the CSRF token and an
 * Idempotency-Key are added, and every refusal is a Problem with words for people.
 */
import { i18n } from "../i18n";
import type { components, paths } from "./schema";
import { sessionEnded } from "./session";

export type Schemas = components["schemas"];

type Verb = "get" | "post" | "put" | "delete";
type With<V extends Verb> = { [P in keyof paths]: paths[P] extends { [K in V]: object } ? P : never }[keyof paths];
type Op<P extends keyof paths, V extends Verb> = paths[P] extends { [K in V]: infer O } ? O : never;
type Json<R> = R extends { content: { "application/json": infer T } } ? T : undefined;
type Good<R> = R extends { 200: infer A }
  ? Json<A>
  : R extends { 201: infer B }
    ? Json<B>
    : R extends { 202: infer C }
      ? Json<C>
      : undefined;

export type GetPath = With<"get">;
export type Answer<P extends keyof paths, V extends Verb> = Op<P, V> extends { responses: infer R } ? Good<R> : never;
type Body<P extends keyof paths, V extends Verb> =
  Op<P, V> extends { requestBody: { content: { "application/json": infer B } } } ? B : undefined;
export type Place = Record<string, string>;
export type Query = Record<string, string | number | boolean | string[] | undefined | null>;
export type Options<B = undefined> = {
  /** What stands for `{name}` in the path. */
  path?: Place;
  query?: Query;
  headers?: Record<string, string>;
  signal?: AbortSignal;
} & (B extends undefined ? { body?: undefined } : { body: B });

export type FieldFault = { pointer: string; message: string; column?: number; hint?: string };

/** What the server, or the way to it, refused: RFC 9457. `reason` is the stable snake_case word. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly reason = "",
    readonly errors: FieldFault[] = [],
    readonly requestId = "",
  ) {
    super(detail ? `${title}: ${detail}` : title);
  }
}

let csrf = "";

/** The token of the session, told by /api/v1/me. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** A random id, such as an Idempotency-Key: 128 bits in hex. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The URL of a path template: `{name}` filled in, the query appended without what is empty. */
export function url(template: string, place: Place = {}, query: Query = {}): string {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(place[name] ?? ""));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  return search.size ? `${path}?${search}` : path;
}

async function problem(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => ({}));
  return new Problem(
    response.status,
    body.title ?? i18n.t("The server answered {status}", { status: response.status }),
    body.detail ?? "",
    body.reason ?? "",
    body.errors ?? [],
    body.request_id ?? response.headers.get("x-request-id") ?? "",
  );
}

/** One request by method and ready URL; its answer, and the ETag it carried. Raises Problem; 401 leads to the log-in. */
export async function send<T>(
  method: string,
  where: string,
  options: { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<{ data: T; etag: string }> {
  const headers = new Headers({ "accept-language": i18n.locale || "en", ...options.headers });
  if (options.body !== undefined) headers.set("content-type", "application/json");
  if (method !== "GET") headers.set("x-csrf-token", csrf);
  if (method === "POST" && !headers.has("idempotency-key")) headers.set("idempotency-key", newId());
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  let response: Response;
  try {
    response = await fetch(where, { method, headers, body, credentials: "same-origin", signal: options.signal });
  } catch (fault) {
    if (options.signal?.aborted) throw fault;
    throw new Problem(
      0,
      i18n.t("Tocsin cannot be reached"),
      i18n.t("Nothing was changed. Check the network and try again."),
    );
  }
  if (!response.ok) {
    if (response.status === 401) sessionEnded();
    throw await problem(response);
  }
  const text = await response.text();
  return { data: (text ? JSON.parse(text) : undefined) as T, etag: response.headers.get("etag") ?? "" };
}

/** GET, typed by the path: `await get("/api/v1/incidents/{incident_id}", { path: { incident_id } })`. */
export async function get<P extends GetPath>(path: P, options: Options = {}): Promise<Answer<P, "get">> {
  return (await send<Answer<P, "get">>("GET", url(path, options.path, options.query), options)).data;
}

export async function post<P extends With<"post">>(
  path: P,
  options: Options<Body<P, "post">>,
): Promise<Answer<P, "post">> {
  return (await send<Answer<P, "post">>("POST", url(path, options.path, options.query), options)).data;
}

/** PUT. To change only what was seen, give the ETag: `headers: { "if-match": etag }`. */
export async function put<P extends With<"put">>(path: P, options: Options<Body<P, "put">>): Promise<Answer<P, "put">> {
  return (await send<Answer<P, "put">>("PUT", url(path, options.path, options.query), options)).data;
}

export async function remove<P extends With<"delete">>(path: P, options: Options = {}): Promise<Answer<P, "delete">> {
  return (await send<Answer<P, "delete">>("DELETE", url(path, options.path, options.query), options)).data;
}
