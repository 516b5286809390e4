/* M(n) for 1,024 different names n, of which the first 256 begin with 0. */
#pragma once
#define FOUR(M, n) M(n##0) M(n##1) M(n##2) M(n##3)
#define SIXTEEN(M, n) FOUR(M, n##0) FOUR(M, n##1) FOUR(M, n##2) FOUR(M, n##3)
#define SIXTY_FOUR(M, n) SIXTEEN(M, n##0) SIXTEEN(M, n##1) SIXTEEN(M, n##2) SIXTEEN(M, n##3)
#define EACH_256(M, n) SIXTY_FOUR(M, n##0) SIXTY_FOUR(M, n##1) SIXTY_FOUR(M, n##2) SIXTY_FOUR(M, n##3)
#define EACH_1024(M) EACH_256(M, 0) EACH_256(M, 1) EACH_256(M, 2) EACH_256(M, 3)
