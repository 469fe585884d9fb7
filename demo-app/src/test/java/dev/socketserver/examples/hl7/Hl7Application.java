package dev.socketserver.examples.hl7;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
class Hl7Application {

	public static void main(String[] args) {
		SpringApplication.run(Hl7Application.class, args);
	}

}
