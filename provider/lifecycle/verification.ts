import type { Account } from "../accounts/accounts";
import { ProtocolError, VccError } from "../errors";
import { isWitnessRequired, witnessUrl } from "../witness/argument";
import { parseEvidence } from "../witness/evidence";
import { type Assessment, assess } from "../witness/verdict";
import { noDrift, verdictOf } from "../witness/witness";
import { type RegistrationOutputs, registrationLabel } from "./state";

/**
 * Asks the witness of a registration, if it has one, and records the verdict. A witness that cannot be
 * asked leaves the registration unverified.
 *
 * @param findAccount throws ConfigurationError if the account is not configured
 * @throws VccError if the witness is required and cannot be asked
 */
export async function verify(
  outputs: RegistrationOutputs,
  findAccount: () => Pick<Account, "askWitness">,
  now: () => number,
): Promise<RegistrationOutputs> {
  const url = witnessUrl(outputs);
  if (url === undefined) return outputs;
  try {
    const evidence = parseEvidence(await findAccount().askWitness(url));
    if (evidence === undefined) {
      throw new ProtocolError("the witness responded with JSON that is not evidence");
    }
    return withAssessment(outputs, assess(evidence, outputs, now()));
  } catch (error) {
    // Others are bugs, and their messages may contain anything.
    const known = error instanceof VccError ? error : undefined;
    const reason = known?.message ?? "the witness could not be asked";
    if (isWitnessRequired(outputs)) {
      const message = `${registrationLabel(outputs)}: ${reason}`;
      throw known?.withMessage(message) ?? new Error(message, { cause: error });
    }
    return { ...outputs, evidence: `unverified: ${reason}` };
  }
}

function withAssessment(
  outputs: RegistrationOutputs,
  { verdict, reason, verifiedAt }: Assessment,
): RegistrationOutputs {
  const evidence = reason === undefined ? verdict : `${verdict}: ${reason}`;
  return {
    ...outputs,
    evidence,
    ...(verifiedAt !== undefined && { verifiedAt }),
    drift: driftAfter(outputs.drift, { verdict, evidence }),
  };
}

function driftAfter(
  drift: string,
  { verdict, evidence }: { verdict: Assessment["verdict"]; evidence: string },
): string {
  // An unacknowledged registration stays drifted until it is registered again.
  if (drift !== noDrift && verdictOf(drift) === undefined) return drift;
  if (verdict === "drifted" || verdict === "contested") return evidence;
  return verdict === "verified" ? noDrift : drift;
}
