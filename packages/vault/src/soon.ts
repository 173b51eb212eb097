/**
 * What is at hand already, or comes later. Nearly all that a read asks for lies in memory, and a
 * promise of it costs several times what the look-up does: so whatever lies on a read's way hands
 * on what it has, and makes a promise only of what somebody must wait for. `await` takes either.
 *
 * What gives one may throw at once as well: in an async function, in `soon` and in `rescued` that is
 * the same as failing later. Several at a time are each asked for in an async function of their own:
 * one that throws at once among others would leave nobody to hear of the failures of those.
 */
export type Soon<Value> = Value | Promise<Value>;

/** What `next` makes of the value: at once, where that is at hand. */
export function soon<Value, Next>(
  value: Soon<Value>,
  next: (value: Value) => Soon<Next>,
): Soon<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** What the task gives, or where it fails, now or later, what `rescue` gives or throws instead. */
export function rescued<Value>(
  task: () => Soon<Value>,
  rescue: (error: unknown) => Soon<Value>,
): Soon<Value> {
  try {
    const value = task();
    return value instanceof Promise ? value.catch(rescue) : value;
  } catch (error) {
    return rescue(error);
  }
}
