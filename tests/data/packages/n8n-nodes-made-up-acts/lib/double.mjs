export const double = (value) => `${value}${value}`;
export default double;
