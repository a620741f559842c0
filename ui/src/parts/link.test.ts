import { expect, test } from "vitest";
import { isLink } from "./link";

test("only pages and mails are links, a script is not", () => {
  for (const text of ["https://wiki.example.org/a?b=1#c", "HTTP://wiki/x", "mailto:ops@example.org"])
    expect(isLink(text), text).toBe(true);
  for (const text of [
    "",
    "javascript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "wiki/page",
    "see https://x",
  ])
    expect(isLink(text), text).toBe(false);
});
