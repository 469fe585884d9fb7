package dev.socketserver.benchmarks;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves out what configures a database in applications that name none: the class path of
 * the benchmarks has a driver.
 */
final class DatabaseFilter implements AutoConfigurationImportFilter, EnvironmentAware {

	private boolean hasDatabase;

	@Override
	public void setEnvironment(Environment environment) {
		this.hasDatabase = environment.containsProperty("spring.datasource.url");
	}

	@Override
	public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
		boolean[] matches = new boolean[classes.length];
		for (int i = 0; i < classes.length; i++) {
			String name = classes[i];
			matches[i] = this.hasDatabase || name == null || !name.startsWith("org.springframework.boot.jdbc.");
		}
		return matches;
	}

}
