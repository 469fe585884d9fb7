package dev.socketserver.autoconfigure.observation;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.condition.ConditionalOnSwitch;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.observation.SocketClientMessageObservationConvention;
import dev.socketserver.observation.SocketMessageObservationConvention;
import dev.socketserver.observation.SocketMessageObserver;
import dev.socketserver.operator.MessageObserver;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for observations of handled
 * messages, if {@code socket.observations.enabled} asks for them.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnSwitch("socket.observations.enabled")
public final class SocketObservationAutoConfiguration {

	private static final SafeLogger logger = SafeLogger.of(SocketObservationAutoConfiguration.class);

	@Bean
	@ConditionalOnMissingBean(MessageObserver.class)
	SocketMessageObserver socketMessageObserver(ObjectProvider<ObservationRegistry> registry,
			ObjectProvider<SocketMessageObservationConvention> convention,
			ObjectProvider<SocketClientMessageObservationConvention> clientConvention) {
		return new SocketMessageObserver(registry.getIfAvailable(SocketObservationAutoConfiguration::nowhere),
				convention.getIfAvailable(), clientConvention.getIfAvailable());
	}

	private static ObservationRegistry nowhere() {
		logger.warn("Property socket.observations.enabled has no effect: there is no ObservationRegistry, which "
				+ "spring-boot-starter-actuator brings");
		return ObservationRegistry.NOOP;
	}

}
