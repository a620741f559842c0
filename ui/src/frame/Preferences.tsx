import { Modal, SegmentedControl, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { useState } from "react";
import { i18n, LANGUAGES, type Language } from "../i18n";
import { keep, kept } from "../kept";
import { restartIn } from "../language";

export function applyDensity(density = kept("density") ?? "dense"): void {
  document.documentElement.dataset.density = density;
}

/** Language, theme and density, kept in this browser. */
export function Preferences({ opened, close }: { opened: boolean; close: () => void }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [density, setDensity] = useState(kept("density") ?? "dense");
  return (
    <Modal opened={opened} onClose={close} title={i18n.t("Language, theme, keys")}>
      <Stack gap="sm">
        <Text size="sm" id="pref-language">
          {i18n.t("Language")}
        </Text>
        <SegmentedControl
          aria-labelledby="pref-language"
          value={i18n.locale}
          onChange={(value) => void restartIn(value as Language)}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
        <Text size="sm" id="pref-theme">
          {i18n.t("Theme")}
        </Text>
        <SegmentedControl
          aria-labelledby="pref-theme"
          value={colorScheme}
          onChange={(value) => setColorScheme(value as "light" | "dark" | "auto")}
          data={[
            { value: "auto", label: i18n.t("As the system") },
            { value: "light", label: i18n.t("Light") },
            { value: "dark", label: i18n.t("Dark") },
          ]}
        />
        <Text size="sm" id="pref-density">
          {i18n.t("Density")}
        </Text>
        <SegmentedControl
          aria-labelledby="pref-density"
          value={density}
          onChange={(value) => {
            setDensity(value);
            keep("density", value);
            applyDensity(value);
          }}
          data={[
            { value: "dense", label: i18n.t("Dense") },
            { value: "roomy", label: i18n.t("Roomy") },
          ]}
        />
      </Stack>
    </Modal>
  );
}
