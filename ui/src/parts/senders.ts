/** What to put where in each sender, with this installation's address and a source's key. */
import { i18n } from "../i18n";

export type Sender = {
  id: string;
  name: string;
  /** The door of a new source for it; `any` takes every fixed form. */
  door: string;
  hint: () => string;
  /** The file or place the text goes to. */
  place: () => string;
  text: (url: string, key: string) => string;
};

const SAMPLE = '{"alertname": "TestAlert", "severity": "critical", "service": "test"}';

/** Every sender one can choose, the plainest first. */
export const SENDERS: Sender[] = [
  {
    id: "curl",
    name: "curl",
    door: "any",
    hint: () => i18n.t("One line in a terminal: the quickest way to see an alert arrive."),
    place: () => i18n.t("In a terminal"),
    text: (url, key) =>
      `curl -sS ${url}/in/${key}/api/v2/alerts -H 'Content-Type: application/json' \\\n  -d '[{"labels": ${SAMPLE},\n        "annotations": {"summary": "Hello from curl"}}]'`,
  },
  {
    id: "prometheus",
    name: "Prometheus",
    door: "any",
    hint: () => i18n.t("Prometheus sends here as to one more Alertmanager; the ones you have stay."),
    place: () => "prometheus.yml",
    text: (url, key) => {
      const at = new URL(url);
      return `alerting:\n  alertmanagers:\n    - scheme: ${at.protocol.replace(":", "")}\n      static_configs:\n        - targets: ["${at.host}"]\n      path_prefix: /in/${key}`;
    },
  },
  {
    id: "alertmanager",
    name: "Alertmanager",
    door: "any",
    hint: () => i18n.t("A webhook receiver of the Alertmanager you have."),
    place: () => "alertmanager.yml",
    text: (url, key) =>
      `receivers:\n  - name: tocsin\n    webhook_configs:\n      - url: ${url}/in/${key}/alertmanager\n        send_resolved: true`,
  },
  {
    id: "grafana",
    name: "Grafana",
    door: "any",
    hint: () => i18n.t("A contact point of the kind Webhook. Leave the payload as it is."),
    place: () => i18n.t("Alerting → Contact points → Webhook → URL"),
    text: (url, key) => `${url}/in/${key}/grafana`,
  },
  {
    id: "zabbix",
    name: "Zabbix",
    door: "any",
    hint: () =>
      i18n.t(
        "A media type of the kind Webhook, with the macros as its parameters. Set the source's zone to that of the server.",
      ),
    place: () => i18n.t("Media type → Webhook"),
    text: (url, key) =>
      `// ${i18n.t("parameters")}\naddress       ${url}/in/${key}/zabbix\neventid       {EVENT.ID}\neventvalue    {EVENT.VALUE}\neventname     {EVENT.NAME}\nseverity      {EVENT.NSEVERITY}\nhostname      {HOST.NAME}\neventupdate   {EVENT.UPDATE.STATUS}\neventack      {EVENT.ACK.STATUS}\n\n// ${i18n.t("script")}\nvar address = JSON.parse(value).address;\nvar request = new HttpRequest();\nrequest.addHeader('Content-Type: application/json');\nvar answer = request.post(address, value);\nif (request.getStatus() >= 300) { throw 'Tocsin answered ' + request.getStatus() + ': ' + answer; }\nreturn 'OK';`,
  },
  {
    id: "nagios",
    name: "Nagios / Icinga",
    door: "any",
    hint: () => i18n.t("A notification command; let the contact receive recoveries, too."),
    place: () => "commands.cfg",
    text: (url, key) =>
      `define command {\n    command_name  notify-service-by-tocsin\n    command_line  /usr/bin/curl -fsS --max-time 10 ${url}/in/${key}/nagios \\\n        --data-urlencode "notificationtype=$NOTIFICATIONTYPE$" --data-urlencode "hostname=$HOSTNAME$" \\\n        --data-urlencode "servicedesc=$SERVICEDESC$" --data-urlencode "servicestate=$SERVICESTATE$" \\\n        --data-urlencode "serviceoutput=$SERVICEOUTPUT$" --data-urlencode "timet=$TIMET$"\n}`,
  },
  {
    id: "nrdp",
    name: "NRDP",
    door: "any",
    hint: () => i18n.t("Passive checks as send_nrdp sends them: the address and the token change, nothing else."),
    place: () => "send_nrdp.sh",
    text: (url, key) =>
      `send_nrdp.sh -u ${url}/nrdp/ -t ${key} \\\n  -H db1 -s Backup -S 2 -o "no backup since Monday"`,
  },
  {
    id: "openfalcon",
    name: "Open-Falcon",
    door: "any",
    hint: () => i18n.t("The callback of a template's action. Set the source's zone to that of the Falcon servers."),
    place: () => i18n.t("Template → action → callback address"),
    text: (url, key) => `${url}/in/${key}/open-falcon`,
  },
  {
    id: "pagerduty",
    name: "PagerDuty",
    door: "any",
    hint: () => i18n.t("Whatever speaks PagerDuty's Events API v2: change its address and its key."),
    place: () => i18n.t("Events API v2"),
    text: (url, key) =>
      `curl -sS ${url}/v2/enqueue -H 'Content-Type: application/json' \\\n  -d '{"routing_key": "${key}", "event_action": "trigger", "dedup_key": "backup/db1",\n       "payload": {"summary": "the backup of db1 failed", "source": "db1", "severity": "error"}}'`,
  },
  {
    id: "cloudevents",
    name: "CloudEvents",
    door: "any",
    hint: () =>
      i18n.t("CloudEvents 1.0, structured, binary or in batches. The last word of the type says how it stands."),
    place: () => "HTTP",
    text: (url, key) =>
      `curl -sS ${url}/in/${key}/cloudevents -H 'Content-Type: application/cloudevents+json' \\\n  -d '{"specversion": "1.0", "id": "a-1", "source": "/shop/stock", "type": "org.example.stock.problem",\n       "subject": "warehouse-3", "data": {"title": "no contact with warehouse 3", "severity": "critical"}}'`,
  },
  {
    id: "heartbeat",
    get name() {
      return i18n.t("Heartbeat");
    },
    door: "heartbeat",
    hint: () => i18n.t("A job says that it ran. When it falls silent, that is the alert."),
    place: () => i18n.t("At the end of the job"),
    text: (url, key) => `curl -fsS --retry 3 ${url}/in/${key}/heartbeat`,
  },
  {
    id: "generic",
    get name() {
      return i18n.t("Any JSON");
    },
    door: "generic",
    hint: () => i18n.t("Any JSON. A mapping says where things are in it; try it on a sample first."),
    place: () => "HTTP",
    text: (url, key) =>
      `curl -sS ${url}/in/${key}/generic -H 'Content-Type: application/json' \\\n  -d '{"id": "17", "title": "pump 3 is down", "status": "firing", "severity": "critical"}'`,
  },
];

/** The door that takes this sender's form and no other. */
export function narrowDoor(sender: Sender): string {
  const doors: Record<string, string> = {
    curl: "alertmanager",
    prometheus: "alertmanager",
    alertmanager: "alertmanager_webhook",
    grafana: "grafana",
    pagerduty: "pagerduty",
    zabbix: "zabbix",
    nagios: "nagios",
    nrdp: "nrdp",
    openfalcon: "openfalcon",
    cloudevents: "cloudevents",
  };
  return doors[sender.id] ?? sender.door;
}

/** The senders a source takes, by its door. */
export function sendersFor(door: string): Sender[] {
  if (door === "any") return SENDERS.filter((one) => one.door === "any");
  const found = SENDERS.filter((one) => one.door === door);
  return found.length ? found : SENDERS.filter((one) => narrowDoor(one) === door);
}

/** Stands in a snippet for a key that is not known here. */
export const NO_KEY = "<source key>";
