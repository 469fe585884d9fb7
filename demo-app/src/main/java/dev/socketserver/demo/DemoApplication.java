package dev.socketserver.demo;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Starts the five servers and the client of {@code application.yml}, and the actuator
 * over HTTP.
 */
@SpringBootApplication
public class DemoApplication {

	/**
	 * Runs the application until the process is asked to end.
	 * @param args properties, in the form {@code --name=value}
	 */
	public static void main(String[] args) {
		SpringApplication.run(DemoApplication.class, args);
	}

}
