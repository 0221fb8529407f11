import { driftClasses } from "../report/classes";
import type { DriftReport, StackReport } from "../report/report";
import { registrationName } from "../report/wording";

type Labels = Record<string, string | null>;
type Sample = [labels: Labels, value: number];

/** Prometheus's text format, for a push gateway or node_exporter's textfile collector. */
export function formatPrometheus({ stacks, at }: DriftReport): string {
  return [
    ...gauge("vcc_drift_last_run_timestamp_seconds", "When the drift check began.", [
      [{}, Date.parse(at) / 1000],
    ]),
    ...gauge(
      "vcc_drift_success",
      "Whether the stack could be looked at.",
      stacks.map((stack) => [labelsOf(stack), stack.error === null ? 1 : 0]),
    ),
    ...gauge(
      "vcc_drift_registrations",
      "The registrations of each class.",
      stacks.flatMap((stack) =>
        driftClasses.map((driftClass): Sample => {
          const count = stack.registrations.filter((one) => one.class === driftClass).length;
          return [{ ...labelsOf(stack), class: driftClass }, count];
        }),
      ),
    ),
    ...gauge(
      "vcc_drift_registration_age_seconds",
      "How long ago VCC acknowledged the registration.",
      stacks.flatMap((stack) =>
        stack.registrations.flatMap((registration): Sample[] => {
          const { region, account, resource, ageS } = registration;
          const name = registrationName(registration);
          return ageS === null
            ? []
            : [[{ ...labelsOf(stack), account, region, provider: name, resource }, ageS]];
        }),
      ),
    ),
    "",
  ].join("\n");
}

function labelsOf({ organization, project, stack }: StackReport): Labels {
  return { organization, project, stack };
}

function gauge(name: string, help: string, samples: Sample[]): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(([labels, value]) => `${name}${formatLabels(labels)} ${value}`),
  ];
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escapeLabel(value ?? "")}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
}
