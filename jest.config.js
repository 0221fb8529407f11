/** The test projects. `tools/test.mts` runs them, and the reporter counts tests per display name. */

const shared = {
  testEnvironment: "node",
  transform: {
    "\\.[cm]?[jt]s$": [
      "@swc/jest",
      { jsc: { target: "es2023", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  // Published as ES modules only, which Jest cannot load untransformed.
  transformIgnorePatterns: [
    "/node_modules/(?!(oauth4webapi|commander|p-limit|srvx|yocto-queue|puppeteer-core|@puppeteer)/)",
  ],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.bench-"],
};

/** Contains the lowest version that `peerDependencies` admits; `tools/test.mts` installs it. */
const oldestSdk = process.env.PULUMI_VCC_OLDEST_SDK ?? "only npm test installs the oldest SDK";

module.exports = {
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: [
        "<rootDir>/test/{provider,emulator,receiver,hostile-input,cli,tools,bench,documentation,resilience,messages}/**/*.test.ts",
      ],
    },
    {
      ...shared,
      displayName: "provider host",
      testMatch: ["<rootDir>/test/provider-host/*.test.ts"],
    },
    { ...shared, displayName: "engine", testMatch: ["<rootDir>/test/engine/*.test.ts"] },
    {
      ...shared,
      displayName: "oldest SDK",
      testMatch: [
        "<rootDir>/test/provider-host/{lifecycle,hostile-input}.test.ts",
        "<rootDir>/test/provider/resource/vcc-provider.test.ts",
        "<rootDir>/test/end-to-end/adopt.test.ts",
      ],
      moduleNameMapper: {
        "^(@pulumi/pulumi|@grpc/grpc-js|google-protobuf)(?=/|$)(.*)": `${oldestSdk}/$1$2`,
      },
      // What `tools/installation.mts` links into projects.
      globals: { installedSdk: `${oldestSdk}/@pulumi/pulumi` },
    },
    { ...shared, displayName: "browser", testMatch: ["<rootDir>/test/browser/*.test.ts"] },
    { ...shared, displayName: "end to end", testMatch: ["<rootDir>/test/end-to-end/*.test.ts"] },
    {
      ...shared,
      displayName: "nightly",
      testMatch: ["<rootDir>/test/{nightly,backends}/*.test.ts"],
    },
    { ...shared, displayName: "network", testMatch: ["<rootDir>/test/network/*.test.ts"] },
    { ...shared, displayName: "stores", testMatch: ["<rootDir>/test/stores/*.test.ts"] },
    { ...shared, displayName: "ci examples", testMatch: ["<rootDir>/test/ci-examples/*.test.ts"] },
  ],
  reporters: ["default", "<rootDir>/tools/test-counts.cjs"],
  // The end-to-end tests spend most of their time waiting for other processes.
  maxWorkers: 2,
  testTimeout: 120_000,
  coverageProvider: "v8",
};
