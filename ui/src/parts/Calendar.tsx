/** A month to choose a day from. Loaded when it is opened: it is the only part that needs @mantine/dates. */
import "@mantine/dates/styles.css";
import { DatePicker } from "@mantine/dates";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { i18n } from "../i18n";
import css from "./DateField.module.css";

export default function Calendar({ value, onChange }: { value: string; onChange: (date: string) => void }) {
  const isPhone = useMediaQuery("(max-width: 700px)");
  const month = useRef<HTMLDivElement>(null);
  // it comes after the focus did: the chosen day, else today, takes it
  useEffect(() => month.current?.querySelector<HTMLElement>("[data-selected], [data-today]")?.focus(), []);
  const isChinese = i18n.locale === "zh";
  return (
    <DatePicker
      className={css.calendar}
      ref={month}
      __stopPropagation
      locale={isChinese ? "zh-cn" : "en"}
      size={isPhone ? "md" : "sm"}
      firstDayOfWeek={1}
      weekendDays={[]}
      highlightToday
      hideOutsideDates
      defaultDate={value || undefined}
      value={value || null}
      onChange={(date) => date && onChange(date)}
      monthLabelFormat={isChinese ? "YYYY年M月" : "MMMM YYYY"}
      yearLabelFormat={isChinese ? "YYYY年" : "YYYY"}
      getDayAriaLabel={(date) =>
        new Intl.DateTimeFormat(i18n.locale, { dateStyle: "full", timeZone: "UTC" }).format(
          Date.parse(`${date}T00:00Z`),
        )
      }
      ariaLabels={{
        nextMonth: i18n.t("Next month"),
        previousMonth: i18n.t("Previous month"),
        nextYear: i18n.t("Next year"),
        previousYear: i18n.t("Previous year"),
        nextDecade: i18n.t("Next decade"),
        previousDecade: i18n.t("Previous decade"),
      }}
    />
  );
}
