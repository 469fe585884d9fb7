package dev.socketserver.examples.syslog;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class SyslogApplication {

	public static void main(String[] args) {
		SpringApplication.run(SyslogApplication.class, args);
	}

}
