import type { ContainerFacts, Proposal } from './facts.ts';
import type { PlainSettings } from '../settings/table.ts';

/** A literal in a checked-in rule that a setting moves: `> 80` at the end of the alert's expression. */
export interface Threshold {
  readonly alert: string;
  readonly literal: number;
  readonly setting: 'ALERT_CPU_THRESHOLD' | 'ALERT_MEMORY_THRESHOLD' | 'ALERT_ERROR_RATE_THRESHOLD';
}

/** Everything the scripts know of one module; its files all carry the module's name. */
export interface ModuleSpec {
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  /** Compose profiles that start its services. */
  readonly profiles: (settings: PlainSettings) => readonly string[];
  /** Compose services that belong to it, in the order they are reported. */
  readonly services: (settings: PlainSettings) => readonly string[];
  /** Services without which the module has nothing to show: where the image of one cannot be had, the whole module is left out. */
  readonly essential: readonly string[];
  /** What takes the place of a service that is left out, for the summary. */
  readonly instead?: Readonly<Record<string, string>>;
  /** Services that must reach the user's own containers and are attached to `APP_NETWORKS`. */
  readonly reaches: readonly string[];
  readonly thresholds: readonly Threshold[];
  /** What this module would watch in a running container of the user's; undefined where it is none of its business. */
  readonly detect?: (container: ContainerFacts) => Proposal | undefined;
}
