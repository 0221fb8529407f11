/** What is typed, and after which output. */
export interface Step {
  typed: string;
  /** What the terminal shows last before it. @default the prompt of the shell */
  after?: RegExp;
  /** Keys that show no text: they are sent at once. */
  hidden?: boolean;
}

/** Where the emulator listens: its default, which the README's readers see too. */
export const emulatorPort = 4010;
const url = `http://127.0.0.1:${emulatorPort}`;

/** The README's commands, with what `pulumi-vcc emulator` prints in place of an account. */
export const steps: readonly Step[] = [
  { typed: "npx pulumi-vcc init --region emea" },
  { typed: "npm install" },
  { typed: "pulumi stack init dev" },
  { typed: "pulumi config set --secret callbackToken" },
  { typed: "token", after: /value:\s*$/, hidden: true },
  { typed: "# What npx pulumi-vcc emulator prints in another shell:" },
  { typed: "export VCC_CLIENT_ID=emulator VCC_CLIENT_SECRET=emulator-secret" },
  { typed: `export VCC_API_URL=${url}/interactions` },
  { typed: `export VCC_AUTH_URL=${url}/Auth/connect/token` },
  { typed: "pulumi up" },
  // The answer above the preselected one is "yes".
  { typed: "\u001b[A", after: /details\s*$/, hidden: true },
  { typed: "pulumi up --yes --skip-preview" },
  { typed: "npx pulumi-vcc drift" },
];
