import type { Declaration, HeaderDeclaration } from "./declarations";

/** The program that declares these registrations, as TypeScript that Node.js runs without a compiler. */
export function programOf(declarations: readonly Declaration[]): string {
  const headers = declarations.flatMap((declaration) => declaration.headers);
  const usesConfig =
    headers.some(({ secret }) => "key" in secret) ||
    declarations.some(({ endpoint }) => endpoint && "key" in endpoint);
  const names = [
    ...(headers.some(({ bearer }) => bearer) ? ["bearer"] : []),
    ...(headers.some(({ secret }) => "variable" in secret) ? ["fromEnvironment"] : []),
    "VccProvider",
  ];
  return `${[
    ...(usesConfig ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
    `import { ${names.join(", ")} } from "pulumi-vcc";`,
    ...(usesConfig ? ["", "const config = new pulumi.Config();"] : []),
    ...declarations.flatMap((declaration) => ["", ...declarationLines(declaration)]),
  ].join("\n")}\n`;
}

function declarationLines(declaration: Declaration): string[] {
  const { resource, provider, endpoint, headers, permissions } = declaration;
  const permissionList = Object.entries(permissions).map(([name, value]) => `${name}: ${value}`);
  return [
    `new VccProvider(${JSON.stringify(resource)}, {`,
    `  provider: ${JSON.stringify(provider)},`,
    ...(endpoint === undefined
      ? []
      : [
          `  endpoint: ${"key" in endpoint ? configured(endpoint.key) : JSON.stringify(endpoint.url)},`,
        ]),
    ...(headers.length === 0 ? [] : ["  headers: {", ...headers.map(headerLine), "  },"]),
    `  agentActionsPermitted: {${permissionList.length > 0 ? ` ${permissionList.join(", ")} ` : ""}},`,
    "});",
  ];
}

function headerLine({ name, secret, bearer }: HeaderDeclaration): string {
  const property = /^[A-Za-z]+$/.test(name) ? name : JSON.stringify(name);
  const value =
    "key" in secret
      ? configured(secret.key)
      : `fromEnvironment(${JSON.stringify(secret.variable)})`;
  return `    ${property}: ${bearer ? `bearer(${value})` : value},`;
}

function configured(key: string): string {
  return `config.requireSecret(${JSON.stringify(key)})`;
}
