package dev.socketserver.test.slice;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.core.env.PropertySource;

/**
 * Disables the servers and clients that are not named. It lists no names of properties:
 * the binder finds those of servers in other sources, and then asks all for each value.
 */
final class NamedServersPropertySource extends PropertySource<Set<String>> {

	private static final Pattern ENABLED = Pattern.compile("socket\\.(?:servers|clients)\\.([^.]+)\\.enabled");

	NamedServersPropertySource(Set<String> names) {
		super("namedSocketServers", names);
	}

	@Override
	public @Nullable Object getProperty(String name) {
		Matcher matcher = ENABLED.matcher(name);
		return (matcher.matches() && !this.source.contains(matcher.group(1))) ? "false" : null;
	}

}
