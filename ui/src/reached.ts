import { Problem } from "./api/client";
import { i18n } from "./i18n";

/**
 * Read a part of the program. A new release has taken old parts away, and the page is loaded anew; where the server is
 * out of reach that would lose the page for nothing, and the fault says so.
 */
export async function reached<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (fault) {
    const isThere = await fetch("/icon.svg", { method: "HEAD", cache: "no-store" }).then(
      () => true,
      () => false,
    );
    if (isThere) throw fault;
    throw new Problem(
      0,
      i18n.t("Tocsin cannot be reached"),
      i18n.t("This screen was not opened before. Check the network and try again."),
    );
  }
}
