package dev.socketserver.guides;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class GuidesApplication {

	public static void main(String[] args) {
		SpringApplication.run(GuidesApplication.class, args);
	}

}
