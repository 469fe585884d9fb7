package dev.socketserver.bridge;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Has no test migrate its database that does not say so. */
final class NoMigrations implements EnvironmentPostProcessor {

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		environment.getPropertySources()
			.addLast(new MapPropertySource("no migrations",
					Map.of("spring.flyway.enabled", "false", "spring.liquibase.enabled", "false")));
	}

}
