#error this header is for another machine
