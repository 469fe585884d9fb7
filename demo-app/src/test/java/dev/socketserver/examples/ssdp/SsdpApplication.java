package dev.socketserver.examples.ssdp;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class SsdpApplication {

	public static void main(String[] args) {
		SpringApplication.run(SsdpApplication.class, args);
	}

}
