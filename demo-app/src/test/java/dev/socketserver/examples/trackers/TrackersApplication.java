package dev.socketserver.examples.trackers;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class TrackersApplication {

	public static void main(String[] args) {
		SpringApplication.run(TrackersApplication.class, args);
	}

}
