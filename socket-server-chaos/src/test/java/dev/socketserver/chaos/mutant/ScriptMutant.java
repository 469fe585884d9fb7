package dev.socketserver.chaos.mutant;

import java.nio.charset.StandardCharsets;

/**
 * One mistake in a script that Redis runs.
 *
 * @param name what the mistake is
 * @param script the name of the script
 * @param text what is replaced, which is there once
 * @param by the mistake
 */
record ScriptMutant(String name, String script, String text, String by) implements Mutant {

	@Override
	public String file() {
		return "dev/socketserver/redis/" + this.script + ".lua";
	}

	@Override
	public byte[] change(byte[] file) {
		String before = new String(file, StandardCharsets.UTF_8);
		String after = before.replace(this.text, this.by);
		if (before.length() - after.length() != this.text.length() - this.by.length()) {
			throw new IllegalStateException(
					"Mutant '" + this.name + "': script " + this.script + " does not have '" + this.text + "' once");
		}
		return after.getBytes(StandardCharsets.UTF_8);
	}

	@Override
	public boolean needsCluster() {
		return true;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
