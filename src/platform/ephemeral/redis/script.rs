//! The steps that Redis has no single command for. Each touches `KEYS[1]` alone.
//!
//! `ARGV`: the present instant, the new entry, its lifetime, and what the step itself needs.

use ::redis::Script;

/// Reads the value that is live at `ARGV[1]` into `value`.
const FIND: &str = "
local stored = redis.call('GET', KEYS[1])
local value = nil
if stored and (tonumber(string.sub(stored, 1, 16)) or 0) > tonumber(ARGV[1]) then value = string.sub(stored, 17) end
local function write() redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
";

const PUT_IF_ABSENT: &str = "if value then return 0 end write() return 1";

const COMPARE_AND_SWAP: &str = "if value ~= ARGV[4] then return 0 end write() return 1";

const INCREMENT: &str = "
if not value then write() return 1 end
local count = (tonumber(value) or 0) + 1
redis.call('SET', KEYS[1], string.sub(stored, 1, 16) .. string.format('%d', count), 'KEEPTTL')
return count";

/// Prepared once: a script is named by its hash, and sent in full only to a server that does not know it.
pub(super) struct Scripts {
    pub(super) put_if_absent: Script,
    pub(super) compare_and_swap: Script,
    pub(super) increment: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        let script = |body| Script::new(&format!("{FIND}{body}"));
        Self {
            put_if_absent: script(PUT_IF_ABSENT),
            compare_and_swap: script(COMPARE_AND_SWAP),
            increment: script(INCREMENT),
        }
    }
}
