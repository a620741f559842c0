/** One job: it can be left and come back to. */
import { useParams } from "@tanstack/react-router";
import { useGet } from "../../api/query";
import { i18n } from "../../i18n";
import { Job, jobKindWord, useJob } from "../../parts/Job";
import { Ago, Card, Facts } from "../../parts/marks";
import { Page } from "../../parts/Page";
import { UndoJob } from "../../parts/UndoJob";

export function JobPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { data } = useJob(id);
  const { data: people } = useGet("/api/v1/users", { query: { limit: 500 } });
  return (
    <Page
      title={data ? jobKindWord(data.kind) : id}
      trail={[[i18n.t("System"), "/system"]]}
      acts={data && <UndoJob job={data} />}
      aside={
        data && (
          <Card title={i18n.t("About")}>
            <Facts
              facts={[
                [i18n.t("Begun by"), people?.items.find((one) => one.id === data.by)?.spec.name ?? data.by],
                [i18n.t("Begun"), <Ago key="b" at={data.started_at} />],
                [i18n.t("Ended"), data.ended_at && <Ago at={data.ended_at} />],
              ]}
            />
          </Card>
        )
      }
    >
      <Card>
        <Job id={id} isOwnPage />
      </Card>
    </Page>
  );
}
