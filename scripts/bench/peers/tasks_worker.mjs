// The task: a power.
export default ([x, y]) => Math.pow(x, y);
