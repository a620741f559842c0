import { Button, Group, SegmentedControl, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { post, type Schemas } from "../../api/client";
import { useMay } from "../../api/me";
import { useChange, useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { keep, kept } from "../../kept";
import { Card, Empty, Fault } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { SEVERITIES, severityWord } from "../../words";

type Wanted = Required<Schemas["NewIncident"]>;
const BLANK: Wanted = { title: "", severity: "high", service: "", ladder: "", urgency: "", details: "" };
const DRAFT = "draft.new-incident";

function draft(): Wanted {
  try {
    return { ...BLANK, ...JSON.parse(kept(DRAFT) ?? "{}") };
  } catch {
    return BLANK;
  }
}

/** Open an incident by hand: one sentence is enough. */
export function NewIncident() {
  const navigate = useNavigate();
  const may = useMay("respond");
  const { data: services } = useGet("/api/v1/services", { query: { limit: 500 } });
  const { data: ladders } = useGet("/api/v1/ladders", { query: { limit: 500 } });
  const form = useForm<Wanted>({
    initialValues: draft(),
    validate: { title: (title) => (title.trim() ? null : i18n.t("Say in a few words what is wrong")) },
  });
  const text = JSON.stringify(form.values);
  useEffect(() => keep(DRAFT, text === JSON.stringify(BLANK) ? null : text), [text]);
  const open = useChange((body: Wanted) => post("/api/v1/incidents", { body }), "/api/v1/incidents");
  const submit = form.onSubmit((values) =>
    open.mutate(values, {
      onSuccess: (made) => {
        keep(DRAFT, null);
        void navigate({ to: "/incidents/$id", params: { id: made.id }, replace: true });
      },
    }),
  );
  const named = (list: { id: string; spec?: { name: string } | null }[] | undefined) =>
    (list ?? []).map((one) => ({ value: one.id, label: one.spec?.name || one.id }));
  if (!may)
    return (
      <Page title={i18n.t("New incident")} trail={[[i18n.t("Incidents"), "/incidents"]]}>
        <Empty title={i18n.t("You may not open incidents")}>{i18n.t("It needs the role of a responder.")}</Empty>
      </Page>
    );
  return (
    <Page title={i18n.t("New incident")} trail={[[i18n.t("Incidents"), "/incidents"]]}>
      <Card>
        <form onSubmit={submit}>
          <Stack gap="md" maw={640}>
            <TextInput
              autoFocus
              withAsterisk
              label={i18n.t("What is wrong")}
              placeholder={i18n.t("Customers cannot pay")}
              {...form.getInputProps("title")}
            />
            <div>
              <Text size="sm" fw={600} id="new-severity">
                {i18n.t("Severity")}
              </Text>
              <SegmentedControl
                aria-labelledby="new-severity"
                fullWidth
                size="xs"
                mt={4}
                data={SEVERITIES.map((one) => ({ value: one, label: severityWord(one) }))}
                {...form.getInputProps("severity")}
              />
            </div>
            <Select
              searchable
              label={i18n.t("Service")}
              description={i18n.t("It tells the priority and the team.")}
              data={[{ value: "", label: i18n.t("None") }, ...named(services?.items)]}
              {...form.getInputProps("service")}
            />
            <Select
              searchable
              label={i18n.t("Who is called")}
              data={[{ value: "", label: i18n.t("The ladder of the root route") }, ...named(ladders?.items)]}
              {...form.getInputProps("ladder")}
            />
            <Textarea autosize minRows={3} label={i18n.t("What you know so far")} {...form.getInputProps("details")} />
            <Fault problem={open.error} />
            <Group>
              <Button type="submit" size="sm" loading={open.isPending}>
                {i18n.t("Open it and call")}
              </Button>
              <Button variant="default" size="sm" onClick={() => history.back()}>
                {i18n.t("Cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Card>
    </Page>
  );
}
