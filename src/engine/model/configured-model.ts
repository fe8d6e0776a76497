import { MillraceError } from '../../protocol/errors.ts';
import type { ModelSettings } from './model-client.ts';

const NO_MODEL = 'there is no model: set MILLRACE_MODEL_BASE_URL';
const NO_NAME = 'no model is named: set MILLRACE_MODEL';

/** Why no model can be asked, naming the variable to set; undefined when one can. */
export function modelHindrance(model: ModelSettings | undefined): string | undefined {
  if (!model) return NO_MODEL;
  return model.model === '' ? NO_NAME : undefined;
}

/** Throws `unavailable`, naming the variable to set, when no model can be asked. */
export function requireModel(model: ModelSettings | undefined): ModelSettings {
  if (!model) throw new MillraceError('unavailable', NO_MODEL);
  if (model.model === '') throw new MillraceError('unavailable', NO_NAME);
  return model;
}
