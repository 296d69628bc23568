/** Stands before the time of an activation in what the packaged stage prints: the benchmark reads it there. */
export const ACTIVATION_MARK = 'activation: ';
