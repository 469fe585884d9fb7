package com.example.upper;

import java.util.Locale;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
public class UpperApplication {

    public static void main(String[] args) {
        SpringApplication.run(UpperApplication.class, args);
    }

    @Bean
    @SocketHandler("upper")
    UnaryOperator<String> upper() {
        return (line) -> line.toUpperCase(Locale.ROOT);
    }

}
