// Prints certificates as JSON. In a process of its own, since Jest makes this slow.
import { createCA, createCert } from "mkcert";

const createAuthority = (organization: string) =>
  createCA({ organization, countryCode: "NL", state: "-", locality: "-", validity: 1 });
const domains = ["0.0.0.0", "127.0.0.1", "localhost"];

const authority = await createAuthority("Test");
const otherAuthority = await createAuthority("Other");
const certificates = {
  authority,
  /** For this machine. */
  certificate: await createCert({ ca: authority, domains, validity: 30 }),
  expired: await createCert({ ca: authority, domains, validity: -1 }),
  elsewhere: await createCert({ ca: authority, domains: ["elsewhere.test"], validity: 1 }),
  otherAuthority,
  otherCertificate: await createCert({ ca: otherAuthority, domains, validity: 1 }),
};
export type Certificates = typeof certificates;

console.log(JSON.stringify(certificates));
