/** Runs an action before the next paint; returns the function that cancels it. */
export type FrameScheduler = (action: () => void) => () => void;

export const animationFrames: FrameScheduler = (action) => {
  const frame = requestAnimationFrame(action);
  return () => cancelAnimationFrame(frame);
};
