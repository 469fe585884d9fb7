package dev.socketserver.autoconfigure.settings.refresh;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.PropertySource;

/**
 * Keeps Spring Cloud from binding our properties again, in addition to what the
 * application excludes: it would reset them to their defaults before, while servers run
 * by them.
 */
final class NeverRefreshed extends PropertySource<ConfigurableApplicationContext> {

	private static final String PROPERTY = "spring.cloud.refresh.never-refreshable";

	/** What Spring Cloud takes if nothing is set. */
	private static final String UNSET = "com.zaxxer.hikari.HikariDataSource";

	NeverRefreshed(ConfigurableApplicationContext context) {
		super("socketNeverRefreshed", context);
	}

	@Override
	public @Nullable Object getProperty(String name) {
		if (!name.equals(PROPERTY) || !getSource().isActive()) {
			return null;
		}
		List<String> types = new ArrayList<>();
		types.add(others());
		for (String bean : getSource().getBeanFactory().getBeanNamesForAnnotation(ConfigurationProperties.class)) {
			Class<?> type = getSource().getType(bean);
			if (type != null && type.getName().startsWith("dev.socketserver.")) {
				types.add(type.getName());
			}
		}
		return String.join(",", types);
	}

	private String others() {
		for (PropertySource<?> source : getSource().getEnvironment().getPropertySources()) {
			// The other is a view of all, this one included.
			boolean other = source != this && !source.getName().equals("configurationProperties");
			Object value = other ? source.getProperty(PROPERTY) : null;
			if (value != null) {
				return value.toString();
			}
		}
		return UNSET;
	}

}
