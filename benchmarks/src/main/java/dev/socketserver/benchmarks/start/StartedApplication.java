package dev.socketserver.benchmarks.start;

import java.lang.management.ManagementFactory;
import java.util.function.UnaryOperator;

import com.sun.management.OperatingSystemMXBean;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * An application that starts, prints what this took as two numbers, nanoseconds of CPU
 * time and classes, and ends.
 */
final class StartedApplication {

	private StartedApplication() {
	}

	public static void main(String[] arguments) {
		boolean server = Boolean.parseBoolean(arguments[0]);
		SpringApplication application = new SpringApplication(server ? WithServer.class : Plain.class);
		application.run("--spring.config.name=none", "--spring.main.banner-mode=off", "--server.port=0",
				"--socket.servers.echo.port=0");
		long classes = ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
		long nanos = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
		System.out.println(Start.PREFIX + nanos + " " + classes);
		System.exit(0);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Plain {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WithServer {

		@Bean
		@SocketHandler("echo")
		UnaryOperator<String> echo() {
			return UnaryOperator.identity();
		}

	}

}
