import { Modal, SegmentedControl, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMe } from "../api/me";
import { i18n, LANGUAGES } from "../i18n";
import { refused } from "../parts/acts";
import { type Own, prefer, useOwn } from "../preferences";

const wish = (change: Partial<Own>) => void prefer(change).catch(refused);
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Language, theme and density: they follow the person to every browser. */
export function Preferences({ opened, close }: { opened: boolean; close: () => void }) {
  const own = useOwn();
  return (
    <Modal opened={opened} onClose={close} title={i18n.t("Language, theme, keys")}>
      <Stack gap="sm">
        <Choice
          id="pref-language"
          label={i18n.t("Language")}
          hint={i18n.t("Messages to you are written in it, too.")}
          value={i18n.locale}
          onChange={(language) => wish({ language: language as Own["language"] })}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
        <Choice
          id="pref-theme"
          label={i18n.t("Theme")}
          value={own.theme}
          onChange={(theme) => wish({ theme: theme as Own["theme"] })}
          data={[
            { value: "auto", label: i18n.t("As the system") },
            { value: "light", label: i18n.t("Light") },
            { value: "dark", label: i18n.t("Dark") },
          ]}
        />
        <Choice
          id="pref-density"
          label={i18n.t("Density")}
          value={own.density}
          onChange={(density) => wish({ density: density as Own["density"] })}
          data={[
            { value: "dense", label: i18n.t("Dense") },
            { value: "roomy", label: i18n.t("Roomy") },
          ]}
        />
        <Choice
          id="pref-keys"
          label={i18n.t("Single keys act")}
          hint={i18n.t("Press ? to see which. Ctrl K always works.")}
          value={own.keys_enabled ? "on" : "off"}
          onChange={(keys) => wish({ keys_enabled: keys === "on" })}
          data={[
            { value: "on", label: i18n.t("On") },
            { value: "off", label: i18n.t("Off") },
          ]}
        />
        <Zones close={close} />
      </Stack>
    </Modal>
  );
}

type Chosen = {
  id: string;
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  data: { value: string; label: string }[];
};

function Choice({ id, label, hint, ...rest }: Chosen) {
  return (
    <div>
      <Text size="sm" id={id} mb={4}>
        {label}
      </Text>
      <SegmentedControl aria-labelledby={id} fullWidth {...rest} />
      {hint && (
        <Text size="xs" c="dimmed" mt={4}>
          {hint}
        </Text>
      )}
    </div>
  );
}

/** Which clock is read where: the browser's here, the person's own in what is sent to them. */
function Zones({ close }: { close: () => void }) {
  const { user } = useMe();
  const own = user.spec.zone ?? "UTC";
  return (
    <Text size="xs" c="dimmed">
      {i18n.t("Times are shown in this browser's zone, {zone}.", { zone: HERE })}{" "}
      {own !== HERE && i18n.t("Messages to you and your quiet hours go by {zone}.", { zone: own })}{" "}
      <Link to="/people/$id" params={{ id: user.id }} onClick={close}>
        {i18n.t("Change my zone")}
      </Link>
    </Text>
  );
}
