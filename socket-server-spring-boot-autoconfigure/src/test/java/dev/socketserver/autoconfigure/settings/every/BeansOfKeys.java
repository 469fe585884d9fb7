package dev.socketserver.autoconfigure.settings.every;

import java.util.Locale;
import java.util.function.Predicate;

import dev.socketserver.client.Correlator;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;

/**
 * The beans that values of keys name.
 */
@Configuration(proxyBeanMethods = false)
class BeansOfKeys {

	@Bean
	Correlator firstLetter() {
		return (payload) -> payload.toString().toUpperCase(Locale.ROOT).charAt(0);
	}

	@Bean
	TaskExecutor ofTheApplication() {
		return new SimpleAsyncTaskExecutor();
	}

	@Bean
	Predicate<String> replies() {
		return (text) -> text.startsWith("S");
	}

}
