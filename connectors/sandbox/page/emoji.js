/** The emoji that a ward uses; any other stays as its `:name:`. */

const NAMED = {
  "+1": "👍", "-1": "👎", ambulance: "🚑", birthday: "🎂", cake: "🍰", clap: "👏", coffee: "☕", exclamation: "❗",
  eyes: "👀", grin: "😁", grinning: "😀", heart: "❤️", hospital: "🏥", hourglass: "⌛", information_source: "ℹ️", joy: "😂", lock: "🔒",
  muscle: "💪", ok_hand: "👌", pill: "💊", pray: "🙏", raised_hands: "🙌", rotating_light: "🚨", see_no_evil: "🙈",
  shield: "🛡️", slightly_smiling_face: "🙂", smile: "😄", smiley: "😃", stethoscope: "🩺", syringe: "💉", tada: "🎉",
  tea: "🍵", thinking_face: "🤔", thumbsup: "👍", warning: "⚠️", wave: "👋", white_check_mark: "✅", x: "❌",
};

/** The character for a name, or undefined. */
export const emoji = (name) => (Object.hasOwn(NAMED, name) ? NAMED[name] : undefined);
