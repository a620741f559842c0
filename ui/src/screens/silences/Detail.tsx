import { Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useMay } from "../../api/me";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Ago, Card, Code, Copy, Facts, Fault, Status, Waiting } from "../../parts/marks";
import { useNameOf } from "../../parts/names";
import { Page } from "../../parts/Page";
import { Preview } from "./Form";
import { Matchers, RowActs } from "./Silences";

export function Silence() {
  const { id } = useParams({ strict: false }) as { id: string };
  const may = useMay("respond");
  const { data, error, refetch } = useGet("/api/v1/silences/{silence_id}", { path: { silence_id: id } });
  const trail: [string, string][] = [[i18n.t("Silences"), "/silences"]];
  const person = useNameOf("/api/v1/users");
  if (!data)
    return (
      <Page title={i18n.t("Silence")} trail={trail}>
        {error ? <Fault problem={error} retry={() => void refetch()} /> : <Waiting />}
      </Page>
    );
  return (
    <Page
      title={data.comment || i18n.t("Silence")}
      trail={trail}
      acts={
        <>
          <Copy text={location.href} label={i18n.t("Copy link")} />
          {may && <RowActs silence={data} />}
          {may && (
            <Button
              variant="default"
              renderRoot={(props) => (
                <Link to="/silences/new" search={{ matchers: data.matchers.join(", ") } as never} {...props} />
              )}
            >
              {i18n.t("Another like it")}
            </Button>
          )}
        </>
      }
      aside={<Preview matchers={data.matchers as string[]} isSet />}
    >
      <Card>
        <Facts
          facts={[
            [i18n.t("Status"), <Status key="status" state={data.status} />],
            [i18n.t("Matches"), <Matchers key="matchers" texts={data.matchers} />],
            [i18n.t("Begins"), <Ago key="start" at={data.start_at} />],
            [i18n.t("Ends"), <Ago key="end" at={data.end_at} />],
            [i18n.t("By"), person(data.created_by)],
            [i18n.t("Holds back"), i18n.t("{n, plural, one {# alert} other {# alerts}}", { n: data.suppressing })],
            [i18n.t("Changed"), <Ago key="updated" at={data.updated_at} />],
            [i18n.t("Id"), <Code key="id">{data.id}</Code>],
          ]}
        />
      </Card>
    </Page>
  );
}
