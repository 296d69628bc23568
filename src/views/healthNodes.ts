import { formatBar, plural } from '../contract/wording';
import type { HealthTerm, RemapDevice } from '../engine';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';

/** Below this a score deserves attention: the kernel's tools rate it FAIR or worse. */
const GOOD_SCORE = 80;

/** How a term of the score is said. */
interface TermWords {
  readonly label: string;
  readonly meaning: string;
  say(value: number): string;
}

const terms: Readonly<Record<HealthTerm['name'], TermWords>> = {
  errorRate: {
    label: 'Failed Requests',
    meaning: 'The share of requests that failed on a disk, repaired or not, since the counters were 0.',
    say: (value) => `${value / 100} %`,
  },
  consecutiveErrors: {
    label: 'Errors in a Row',
    meaning: 'How often in a row the sector failed that failed last.',
    say: (value) => `${value}`,
  },
  hotspots: {
    label: 'Failing Sectors',
    meaning: 'Sectors that failed since the device was assembled, up to 32. The kernel calls them hotspots.',
    say: (value) => plural(value, 'sector'),
  },
};

/** The item of the health score, which opens into what it is made from. */
export function healthNode(parent: TreeNode, device: RemapDevice): TreeNode {
  const look = () => {
    const { score } = device.details.health();
    return {
      label: 'Health',
      description: `${score} of 100  ${formatBar(score / 100).split(' ')[0]}`,
      icon: score < GOOD_SCORE ? icons.warning : { id: 'heart' },
      contextValue: 'health',
      spoken: `Health: ${score} of 100`,
      tooltip: () => [
        `Health score ${score} of 100: 100 less what its terms take`,
        'It is about what failed since the device was assembled, by the formula of the kernel module.',
      ],
    };
  };
  return childOf(parent, 'health', look, (self) =>
    device.details.health().terms.map(({ name }) => childOf(self, name, () => termLook(device, name))),
  );
}

function termLook(device: RemapDevice, name: HealthTerm['name']): NodeLook {
  const { value, penalty, steps } = device.details.health().terms.find((term) => term.name === name)!;
  const { label, meaning, say } = terms[name];
  const takes = penalty === 0 ? 'takes nothing' : `takes ${penalty}`;
  const ladder = [...steps].reverse().map(([above, points]) => `${points} above ${say(above)}`);
  return {
    label,
    description: `${say(value)}, ${takes}`,
    icon: penalty > 0 ? icons.warning : icons.good,
    tooltip: () => [meaning, `${say(value)} now: ${takes} from the score`, `It takes ${ladder.join(', ')}`],
  };
}
