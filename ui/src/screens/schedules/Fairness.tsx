import type { Schemas } from "../../api/client";
import { i18n } from "../../i18n";
import { Card } from "../../parts/marks";
import { hueOf } from "./Board";
import css from "./Fairness.module.css";
import type { Span } from "./geometry";

type Share = Schemas["LanesShown"]["fairness"][number];

/** What duty costs each person in the window: hours, and of these the nights and weekends of their own clock. */
export function Fairness({ shares, window }: { shares: Share[]; window: Span }) {
  if (!shares.length) return null;
  const users = shares.map((one) => one.user);
  const most = Math.max(1, ...shares.map((one) => one.hours));
  const whole = (window.end - window.start) / 3_600_000;
  const round = (hours: number) => Math.round(hours * 10) / 10;
  return (
    <Card title={i18n.t("Fairness in this window")}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{i18n.t("Person")}</th>
            <th scope="col">{i18n.t("Hours")}</th>
            <th scope="col">{i18n.t("Nights")}</th>
            <th scope="col">{i18n.t("Weekends")}</th>
            <th scope="col" className={css.chart}>
              {i18n.t("Share")}
            </th>
          </tr>
        </thead>
        <tbody>
          {shares.map((one) => (
            <tr key={one.user}>
              <th scope="row">{one.name}</th>
              <td>{round(one.hours)}</td>
              <td>{round(one.night_hours)}</td>
              <td>{round(one.weekend_hours)}</td>
              <td className={css.chart}>
                <span className={css.whole}>
                  <span
                    style={
                      { width: `${(one.hours / most) * 100}%`, "--hue": hueOf(users, one.user) } as React.CSSProperties
                    }
                  />
                </span>
                {Math.round((one.hours / whole) * 100)} %
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={css.note}>
        {i18n.t("Nights are 22:00 to 08:00, weekends Saturday and Sunday, on each person's own clock. Hours.")}
      </p>
    </Card>
  );
}
