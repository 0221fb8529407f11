import XmlBuilder from "fast-xml-builder";

/** A JUnit test suite. */
export interface JunitSuite {
  name: string;
  package: string;
  /** UTC, RFC 3339. */
  at: string;
  cases: JunitCase[];
  /** For people. */
  output: string;
}

/** A test case. It passes without a failure and without an error. */
export interface JunitCase {
  name: string;
  classname: string;
  failure?: { type: string; message: string } | undefined;
  error?: { type: string; message: string } | undefined;
}

/**
 * JUnit test suites as XML. Host, times and empty elements satisfy both published schemas, Jenkins's and
 * Ant's.
 */
export function formatSuites(suites: JunitSuite[]): string {
  const builder = new XmlBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    suppressBooleanAttributes: false,
    suppressEmptyNode: true,
    format: true,
  });
  return builder
    .build({
      "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
      testsuites: { testsuite: suites.map(suiteElement) },
    })
    .replaceAll(illegal, "\ufffd");
}

/** Characters that XML 1.0 does not allow, not even escaped. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function suiteElement({ name, package: packageName, at, cases, output }: JunitSuite, id: number) {
  return {
    "@name": name,
    "@package": packageName,
    "@id": id,
    "@timestamp": at.slice(0, "2026-11-22T12:00:00".length),
    "@hostname": "localhost",
    "@tests": cases.length,
    "@failures": cases.filter(({ failure }) => failure !== undefined).length,
    "@errors": cases.filter(({ error }) => error !== undefined).length,
    "@time": 0,
    properties: "",
    testcase: cases.map((one) => ({
      "@name": one.name,
      "@classname": one.classname,
      "@time": 0,
      ...(one.failure && { failure: problemElement(one.failure) }),
      ...(one.error && { error: problemElement(one.error) }),
    })),
    "system-out": output,
    "system-err": "",
  };
}

function problemElement({ type, message }: { type: string; message: string }) {
  return { "@type": type, "@message": message, "#text": message };
}
