/** People in small: an avatar of initials, several in a row. */
import { i18n } from "../i18n";
import { listed } from "../words";
import css from "./Person.module.css";

export type Someone = { user: string; name: string };

/** `AK` for Ann Keller, `林` for 林梅. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? "")][0] ?? "?";
  if (/\p{Script=Han}/u.test(first)) return first;
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toUpperCase();
}

/** One of six hues, always the same for the same person. */
export function hueOf(user: string): number {
  let sum = 0;
  for (const letter of user) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
  return (sum % 6) + 1;
}

export function Avatar({ user, name, size = 22, typing = false }: Someone & { size?: number; typing?: boolean }) {
  return (
    <span
      className={css.avatar}
      data-hue={hueOf(user)}
      data-typing={typing || undefined}
      style={{ width: size, height: size, fontSize: size * 0.42 }}
      title={name}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}

/** Who has it; a dash for nobody. */
export function People({ people, max = 3 }: { people: readonly Someone[]; max?: number }) {
  if (people.length === 0) return <span className={css.nobody}>{i18n.t("nobody")}</span>;
  return (
    <span className={css.people} title={listed(people.map((one) => one.name))}>
      {people.slice(0, max).map((one) => (
        <Avatar key={one.user} {...one} />
      ))}
      <span className={css.names}>
        {people.length === 1
          ? people[0]?.name
          : i18n.t("{name} +{n}", { name: people[0]?.name ?? "", n: people.length - 1 })}
      </span>
    </span>
  );
}
