import { Known, type Piece, startsWith } from './bytes.lambda-shared';
import { isOwnRule } from './waf-json.lambda-shared';
import { ALLOWED_RULE } from './web-acl-names';

/** What the part of a record between its time and its client says. */
export interface Verdict {
  readonly isBlock: boolean;
  /** Not from an allowed address, and not ended by a list or limit of ours. */
  readonly counts: boolean;
  /** Length of the part. */
  readonly length: number;
}

/** Places are counted from the part's beginning. */
interface KnownVerdict extends Verdict {
  /** From the key of the rule that ended the request to its action. */
  readonly ended: Known;
  readonly endedAt: number;
  /** From the key of the rules that only counted to the client's address. */
  readonly passed: Known;
  readonly passedAt: number;
}

const QUOTE = 34;
/** No other action begins with B. */
const FIRST_OF_BLOCK = 66;
const RULE = Buffer.from('"terminatingRuleId":"');
const RULE_TYPE = Buffer.from('","terminatingRuleType":"');
const ACTION = Buffer.from('","action":"');
/** Groups have lists of rules that only counted, too; after this key, which groups lack, comes the web ACL's. */
const RATE_RULES = Buffer.from('"rateBasedRuleList":[');
const PASSED = Buffer.from('"nonTerminatingMatchingRules":[');
/** The rule for allowed addresses only counts, so it stands among those that matched and ended nothing. */
const ALLOWED = Buffer.from(`"ruleId":"${ALLOWED_RULE}"`);
const CLIENT = Buffer.from('"httpRequest":{"clientIp":"');
const MOST_VERDICTS = 8;

/**
 * Records that took the same way through the rules are equal in that part, so it is read once and then only compared, and only
 * where it says something: a quoted key with a colon behind it that stands where it stood before is that key.
 */
export class Verdicts {
  private readonly known: KnownVerdict[] = [];
  private replaced = 0;

  /** The part begins at `from`; undefined when it is not as WAF writes it. */
  public read(piece: Piece, from: number, end: number): Verdict | undefined {
    for (const verdict of this.known) {
      if (
        from + verdict.length < end &&
        piece.has(verdict.passed, from + verdict.passedAt) &&
        piece.has(verdict.ended, from + verdict.endedAt)
      ) {
        return verdict;
      }
    }
    const read = readVerdict(piece.data.subarray(from, end));
    if (read) {
      this.known[this.replaced] = read;
      this.replaced = (this.replaced + 1) % MOST_VERDICTS;
    }
    return read;
  }
}

function readVerdict(part: Buffer): KnownVerdict | undefined {
  const endedAt = part.indexOf(RULE);
  const ruleAt = endedAt + RULE.length;
  const ruleEnd = part.indexOf(QUOTE, ruleAt);
  const typeEnd = part.indexOf(QUOTE, ruleEnd + RULE_TYPE.length);
  const actionAt = typeEnd + ACTION.length;
  const actionEnd = part.indexOf(QUOTE, actionAt);
  const passedAt = part.indexOf(PASSED, part.indexOf(RATE_RULES, actionEnd));
  const clientAt = part.indexOf(CLIENT, passedAt);
  const isInOrder = endedAt >= 0 && actionEnd >= 0 && passedAt > actionEnd && clientAt > passedAt;
  if (!isInOrder || !startsWith(part, RULE_TYPE, ruleEnd) || !startsWith(part, ACTION, typeEnd)) {
    return undefined;
  }
  const length = clientAt + CLIENT.length;
  const passed = part.subarray(passedAt, length);
  return {
    isBlock: part[actionAt] === FIRST_OF_BLOCK,
    counts: !passed.includes(ALLOWED) && !isOwnRule(part.toString('utf8', ruleAt, ruleEnd)),
    length,
    ended: new Known(part.subarray(endedAt, actionEnd + 1)),
    endedAt,
    passed: new Known(passed),
    passedAt,
  };
}
