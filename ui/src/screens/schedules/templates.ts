/** Four rotations that fit most teams, as layers to start from. Law: later layers win, so nothing here overlaps. */
import type { Schemas } from "../../api/client";
import { i18n } from "../../i18n";
import { addDays, dateOf, weekdayOf } from "./geometry";

export type Layer = Schemas["Layer"];
export type Template = "weekly" | "day_night" | "sun" | "backup";
export const TEMPLATES: Template[] = ["weekly", "day_night", "sun", "backup"];
const ALL_DAYS = [0, 1, 2, 3, 4, 5, 6];

/** Its name, what it does, and the names of the groups of people it asks for. */
export function about(template: Template): { name: string; words: string; groups: string[] } {
  switch (template) {
    case "weekly":
      return {
        name: i18n.t("Weekly"),
        words: i18n.t("One person a week, hand-over on Monday at 09:00."),
        groups: [i18n.t("People, in order")],
      };
    case "day_night":
      return {
        name: i18n.t("Day and night"),
        words: i18n.t("One rotation 08:00–20:00, another through the night."),
        groups: [i18n.t("By day"), i18n.t("By night")],
      };
    case "sun":
      return {
        name: i18n.t("Follow the sun"),
        words: i18n.t("Three regions, eight hours each: nobody is woken."),
        groups: ["00:00 – 08:00", "08:00 – 16:00", "16:00 – 00:00"],
      };
    case "backup":
      return {
        name: i18n.t("Primary and backup"),
        words: i18n.t("A second schedule, one turn behind, for the next step of a ladder."),
        groups: [i18n.t("People, in order")],
      };
  }
}

/** The Monday of the week, so that hand-overs fall on Mondays. */
export function monday(now: number, zone: string): string {
  const today = dateOf(now, zone);
  return addDays(today, -weekdayOf(today));
}

function layer(name: string, users: string[], start: string, rest: Partial<Layer> = {}): Layer {
  return { name, users, start, unit: "week", every: 1, hand_off: "09:00", restrictions: [], ...rest };
}

const within = (start: string, end: string): Partial<Layer> => ({
  hand_off: start,
  restrictions: [{ weekdays: ALL_DAYS, start, end }],
});

/** The layers of a template, and for primary and backup those of the second schedule. */
export function layersOf(template: Template, groups: string[][], start: string): { layers: Layer[]; backup?: Layer[] } {
  const [first = [], second = [], third = []] = groups;
  switch (template) {
    case "weekly":
      return { layers: [layer("weekly", first, start)] };
    case "day_night":
      return {
        layers: [
          layer("day", first, start, within("08:00", "20:00")),
          layer("night", second, start, within("20:00", "08:00")),
        ],
      };
    case "sun":
      return {
        layers: [
          layer("region 1", first, start, within("00:00", "08:00")),
          layer("region 2", second, start, within("08:00", "16:00")),
          layer("region 3", third, start, within("16:00", "00:00")),
        ],
      };
    case "backup": {
      const turned = [...first.slice(1), ...first.slice(0, 1)];
      return { layers: [layer("primary", first, start)], backup: [layer("backup", turned, start)] };
    }
  }
}

/** New layers beside old ones: a name that is taken gets a number. */
export function beside(old: Layer[], added: Layer[]): Layer[] {
  const names = new Set(old.map((one) => one.name));
  return [
    ...old,
    ...added.map((one) => {
      let name = one.name;
      for (let number = 2; names.has(name); number++) name = `${one.name} ${number}`;
      names.add(name);
      return { ...one, name };
    }),
  ];
}
