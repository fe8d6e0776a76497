/** Judges any running server by Millrace's specs, from outside. */

export { SPECS, type Spec } from './criterion.ts';
export {
  type ConformanceOptions,
  type ConformanceReport,
  type CriterionResult,
  runConformance,
} from './run-conformance.ts';
