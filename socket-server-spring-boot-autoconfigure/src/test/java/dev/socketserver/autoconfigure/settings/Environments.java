package dev.socketserver.autoconfigure.settings;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MutablePropertySources;

/**
 * A file of properties that changes.
 */
public final class Environments {

	private static final String NAME = "file";

	private Environments() {
	}

	/** Sets what the file has. */
	public static void set(ConfigurableApplicationContext context, String... pairs) {
		Map<String, Object> values = new LinkedHashMap<>();
		for (int i = 0; i < pairs.length; i++) {
			int equals = pairs[i].indexOf('=');
			Origin origin = new Line(i + 1);
			values.put(pairs[i].substring(0, equals), OriginTrackedValue.of(pairs[i].substring(equals + 1), origin));
		}
		MutablePropertySources sources = context.getEnvironment().getPropertySources();
		OriginTrackedMapPropertySource file = new OriginTrackedMapPropertySource(NAME, values, true);
		if (sources.contains(NAME)) {
			sources.replace(NAME, file);
		}
		else {
			sources.addLast(file);
		}
	}

	private record Line(int number) implements Origin {

		@Override
		public String toString() {
			return "file - " + this.number;
		}

	}

}
