import { Button } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useState } from "react";
import { i18n } from "../i18n";
import { refused } from "./acts";
import { canUndo, type JobShown } from "./Job";
import { undoJob } from "./JobToast";
import { useNow } from "./marks";

/** Undo, for as long as the house offers it. */
export function UndoJob({ job }: { job: JobShown }) {
  const now = useNow();
  const [isAsked, setAsked] = useState(false);
  if (isAsked || !canUndo(job, now)) return null;
  const run = () => {
    setAsked(true);
    undoJob(job.id).catch(refused);
  };
  return (
    <Button variant="default" leftSection={<IconArrowBackUp size={15} />} onClick={run}>
      {i18n.t("Undo")}
    </Button>
  );
}
