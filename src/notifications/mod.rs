//! Who hears what, by which channel: reads events, writes letters.
